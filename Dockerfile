# The image holds one process that needs nothing else: both engines are embedded unless DATABASE_URL and CLICKHOUSE_URL
# point at servers. Debian rather than Alpine, since the embedded ClickHouse needs glibc.
#
#   docker build -t tributary .
#   docker run --init --shm-size 256m --stop-timeout 30 -p 127.0.0.1:3000:3000 -v tributary:/data tributary
FROM node:22-slim AS build
WORKDIR /app
COPY . .
# `npm ci` also builds, by the "prepare" script.
RUN npm ci && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production \
    TRIBUTARY_HOST=0.0.0.0 \
    TRIBUTARY_PORT=3000 \
    TRIBUTARY_DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
# Owned by the user that runs it: embedded-postgres makes its binaries executable when it starts.
COPY --from=build --chown=node:node /app/package.json /app/LICENSE ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/migrations ./migrations
COPY --from=build --chown=node:node /app/vendor ./vendor
COPY --from=build --chown=node:node /app/dist ./dist
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRIBUTARY_PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
