import { strict as assert } from 'node:assert';
import { pageErrors } from './session';

// The file's name puts it last, so that every page has had its say.
describe('All pages', () => {
  it('logged no error of ours', () => assert.deepEqual(pageErrors, []));
});
