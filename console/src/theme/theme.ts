import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  parseThemeColor,
  rem,
  type VariantColorsResolver,
} from '@mantine/core';

/** The colour of the river: links, what is chosen, and the one button that matters on a page. */
const river: MantineColorsTuple = [
  ...(['#eaf6fa', '#d6eaf2', '#a9d4e4', '#79bdd6', '#52aaca', '#3a9dc2'] as const),
  ...(['#1f86ab', '#0f6e8c', '#0b5b75', '#06475c'] as const),
];

const FULL_RED = 'var(--mantine-color-red-9)';

/** Writing on a pale ground of its own colour is dark enough to be read, whatever the colour; the ground of white writing is, too. */
const readable: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant === 'filled' && input.color === 'red') return { ...colors, background: FULL_RED };
  if (input.variant !== 'light') return colors;
  const { color } = parseThemeColor({ color: input.color ?? input.theme.primaryColor, theme: input.theme });
  const [dark, pale] = [`var(--mantine-color-${color}-9)`, `var(--mantine-color-${color}-3)`];
  const writing = `light-dark(color-mix(in srgb, ${dark}, black 45%), color-mix(in srgb, ${pale}, white 25%))`;
  // The library's ground is a full colour in the dark: a page would be all warning.
  // Grey would be the ground of the page itself.
  const dim =
    color === 'gray'
      ? 'var(--mantine-color-dark-5)'
      : `color-mix(in srgb, ${dark}, var(--mantine-color-dark-7) 60%)`;
  const ground = `light-dark(${colors.background}, ${dim})`;
  return { ...colors, color: writing, background: ground };
};

/** How everything looks: calm, dense where density helps. */
export const theme = createTheme({
  primaryColor: 'river',
  primaryShade: 7,
  colors: { river },
  autoContrast: true,
  variantColorResolver: readable,
  respectReducedMotion: true,
  fontFamily:
    "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  defaultRadius: 'md',
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: rem(22), lineHeight: '1.3' },
      h2: { fontSize: rem(17), lineHeight: '1.35' },
      h3: { fontSize: rem(15), lineHeight: '1.4' },
    },
  },
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    Badge: { defaultProps: { tt: 'none' } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    // The library's track is, in the dark, the ground of the page.
    SegmentedControl: {
      defaultProps: { bg: 'light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-6))' },
    },
    Select: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 'sm', fz: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
});
