import { UserError } from '../core/errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, a file is wanted',
  ENOTDIR: 'it is a file, a folder is wanted',
  EACCES: 'access is denied: check its permissions',
  EPERM: 'access is denied: check its permissions',
  EROFS: 'the disk is read-only: choose another place',
  ENOSPC: 'the disk is full: free some space and try again',
  EDQUOT: 'the disk quota is used up: free some space and try again',
  EMFILE: 'too many files are open: close some and try again',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go round in a circle',
};

/** A UserError that names the file for an error of node's file functions; anything else is returned as it is. */
export function asUserError(error: unknown, doing: string, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof UserError || typeof code !== 'string') return error;
  return new UserError(`cannot ${doing} ${path}: ${REASONS[code] ?? code}`, { cause: error });
}
