/** The query parameter that marks files of people's own destinations as they are loaded; its value is another one when any file of the folder changes. */
export const STAMP = 'tributary-stamp';
