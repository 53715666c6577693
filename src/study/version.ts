import { version } from '../../package.json';

/** The tool's name and version as written into provenance. */
export const TOOL_VERSION = `doubletake ${version}`;
