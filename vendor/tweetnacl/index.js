const { createHash } = require('node:crypto');

/** SHA-512 of the first `length` bytes, written to `out`. */
function crypto_hash(out, bytes, length) {
  out.set(createHash('sha512').update(bytes.subarray(0, length)).digest());
  return 0;
}

module.exports = { lowlevel: { crypto_hash } };
