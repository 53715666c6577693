/** Every id that package.json also names. A test holds the two against each other, both ways. */

/** The language of `*.rollout.txt`; any text file can be given it. */
export const LANGUAGE = 'rollout';

/** Commands. The first block stands in the palette; the second has keys in annotation mode and links only. */
export const COMMANDS = {
  showAsRollout: 'doubletake.showAsRollout',
  toggleAnnotationMode: 'doubletake.toggleAnnotationMode',
  toggleLabels: 'doubletake.toggleLabels',
  toggleTokenBoundaries: 'doubletake.toggleTokenBoundaries',
  nextBacktracking: 'doubletake.nextBacktracking',
  previousBacktracking: 'doubletake.previousBacktracking',
  setLabel: 'doubletake.setLabel',
  labelWithKeywordJudge: 'doubletake.labelWithKeywordJudge',
  toggleReviewed: 'doubletake.toggleReviewed',
  setWindow: 'doubletake.setWindow',
  chooseTokenizer: 'doubletake.chooseTokenizer',
  openLabels: 'doubletake.openLabels',
  compareSteered: 'doubletake.compareSteered',
  computeVector: 'doubletake.computeVector',
  openModel: 'doubletake.openModel',
  showLog: 'doubletake.showLog',

  nextSentence: 'doubletake.nextSentence',
  previousSentence: 'doubletake.previousSentence',
  splitLabel: 'doubletake.splitLabel',
  mergeLabel: 'doubletake.mergeLabel',
  extendLabel: 'doubletake.extendLabel',
  removeLabel: 'doubletake.removeLabel',
  repeatLabel: 'doubletake.repeatLabel',
  applyToSameOpening: 'doubletake.applyToSameOpening',
  undoLabelChange: 'doubletake.undoLabelChange',
  redoLabelChange: 'doubletake.redoLabelChange',
  showAnnotationKeys: 'doubletake.showAnnotationKeys',
  leaveAnnotationMode: 'doubletake.leaveAnnotationMode',
  writeMovedLabels: 'doubletake.writeMovedLabels',
  removeLostLabels: 'doubletake.removeLostLabels',
} as const;

/** Settings. */
export const SETTINGS = {
  tokenizer: 'doubletake.tokenizer',
  baseModel: 'doubletake.models.base',
  reasoningModel: 'doubletake.models.reasoning',
  windowOffset: 'doubletake.window.offset',
  windowLength: 'doubletake.window.length',
  autoAdvance: 'doubletake.annotation.autoAdvance',
  codeLens: 'doubletake.codeLens',
} as const;

/** Theme colours. */
export const COLORS = {
  windowBackground: 'doubletake.windowBackground',
  windowBorder: 'doubletake.windowBorder',
  backtrackingBorder: 'doubletake.backtrackingBorder',
  tokenBoundary: 'doubletake.tokenBoundary',
  currentSentence: 'doubletake.currentSentenceBorder',
  rulerWindow: 'doubletake.overviewRuler.window',
  rulerBacktracking: 'doubletake.overviewRuler.backtracking',
  initializing: 'doubletake.label.initializing',
  deduction: 'doubletake.label.deduction',
  addingKnowledge: 'doubletake.label.addingKnowledge',
  exampleTesting: 'doubletake.label.exampleTesting',
  uncertaintyEstimation: 'doubletake.label.uncertaintyEstimation',
  backtracking: 'doubletake.label.backtracking',
  otherLabel: 'doubletake.label.other',
} as const;

/** Context keys that `when` clauses use; those of `undo…` say that Ctrl+Z belongs to the labels now. */
export const CONTEXT_KEYS = {
  annotating: 'doubletake.annotating',
  undoLabels: 'doubletake.undoLabels',
  redoLabels: 'doubletake.redoLabels',
} as const;

/** The status bar item and the source that diagnostics name. */
export const STATUS_ITEM = 'doubletake.status';
export const DIAGNOSTIC_SOURCE = 'Doubletake';
