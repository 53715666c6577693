/** The path of the labels of a text file: `name.rollout.txt` has `name.rollout.ann`, `notes.txt` has `notes.ann`, as brat names them. */
export function labelsPath(path: string): string {
  return `${path.replace(/\.txt$/, '')}.ann`;
}

/** The path of what is known about a rollout: `name.rollout.json` also for files of another name, whose `.json` could be anything. */
export function metadataPath(path: string): string {
  return `${path.replace(/\.txt$/, '').replace(/\.rollout$/, '')}.rollout.json`;
}
