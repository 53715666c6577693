import { UserError } from '../../core/errors';

/** Throws a UserError that names the first id that the model's vocabulary does not have. */
export function requireTokenIds(ids: ArrayLike<number>, vocabulary: number): void {
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] >= 0 && ids[i] < vocabulary) continue;
    throw new UserError(
      `Token id ${ids[i]} does not exist: the model's vocabulary has ids 0 to ${vocabulary - 1}.`,
    );
  }
}
