import { strict as assert } from 'node:assert';
import { pageErrors } from './session';

// This file is the last by its name, so every page has had its say.
describe('All pages', () => {
  it('logged no error of ours', () => assert.deepEqual(pageErrors, []));
});
