/** How names are compared where people search: a page that marks what matched folds them as the index does. */
export { foldName } from '../../core/index-path.ts';
