/** A person's name for something as part of a file name or an anchor: 'LightGBM (fold 1)' is 'lightgbm-fold-1'. Never empty. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'unnamed'
