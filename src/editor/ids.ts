/** Every id that package.json also names. A test holds the two against each other, both ways. */

/** The language of `*.rollout.txt`; any text file can be given it. */
export const LANGUAGE = 'rollout';

/** The scheme of documents that hold what a model wrote and nobody saved. */
export const COMPLETION_SCHEME = 'doubletake-completion';

/** Commands. The first block stands in the palette; the second in views, menus and links; the third has keys in annotation mode. */
export const COMMANDS = {
  showAsRollout: 'doubletake.showAsRollout',
  toggleAnnotationMode: 'doubletake.toggleAnnotationMode',
  toggleLabels: 'doubletake.toggleLabels',
  toggleTokenBoundaries: 'doubletake.toggleTokenBoundaries',
  nextBacktracking: 'doubletake.nextBacktracking',
  previousBacktracking: 'doubletake.previousBacktracking',
  labelWithJudge: 'doubletake.labelWithJudge',
  toggleReviewed: 'doubletake.toggleReviewed',
  setWindow: 'doubletake.setWindow',
  shadeTokens: 'doubletake.shadeTokens',
  steerFromCursor: 'doubletake.steerFromCursor',
  compareSteered: 'doubletake.compareSteered',
  sweepStrengths: 'doubletake.sweepStrengths',
  showLens: 'doubletake.showLens',
  computeVector: 'doubletake.computeVector',
  openModel: 'doubletake.openModel',
  checkModel: 'doubletake.checkModel',
  showLog: 'doubletake.showLog',

  closeModel: 'doubletake.closeModel',
  chooseProvider: 'doubletake.chooseProvider',
  chooseTokenizer: 'doubletake.chooseTokenizer',
  filterRollouts: 'doubletake.filterRollouts',
  clearRolloutFilter: 'doubletake.clearRolloutFilter',
  refreshRollouts: 'doubletake.refreshRollouts',
  openSamples: 'doubletake.openSamples',
  openLabels: 'doubletake.openLabels',
  steerFromHere: 'doubletake.steerFromHere',
  addToSteeringSet: 'doubletake.addToSteeringSet',
  removeFromSteeringSet: 'doubletake.removeFromSteeringSet',
  makeActiveVector: 'doubletake.makeActiveVector',
  setSteeringWeight: 'doubletake.setSteeringWeight',
  showVectorFile: 'doubletake.showVectorFile',
  saveCompletion: 'doubletake.saveCompletion',

  setLabel: 'doubletake.setLabel',
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
  keepTextInAnnotation: 'doubletake.keepTextInAnnotation',
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
  provider: 'doubletake.provider',
  maxTokens: 'doubletake.steering.maxTokens',
  lensTopTokens: 'doubletake.lens.topTokens',
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
  positive1: 'doubletake.shading.positive1',
  positive2: 'doubletake.shading.positive2',
  positive3: 'doubletake.shading.positive3',
  positive4: 'doubletake.shading.positive4',
  negative1: 'doubletake.shading.negative1',
  negative2: 'doubletake.shading.negative2',
  negative3: 'doubletake.shading.negative3',
  negative4: 'doubletake.shading.negative4',
} as const;

/** Context keys that `when` clauses use; those of `undo…` say that Ctrl+Z belongs to the labels now. */
export const CONTEXT_KEYS = {
  annotating: 'doubletake.annotating',
  undoLabels: 'doubletake.undoLabels',
  redoLabels: 'doubletake.redoLabels',
  rolloutsFiltered: 'doubletake.rolloutsFiltered',
} as const;

/** The status bar item and the source that diagnostics name. */
export const STATUS_ITEM = 'doubletake.status';
export const DIAGNOSTIC_SOURCE = 'Doubletake';

/** Views; the lens is a webview in the panel, the others are trees in the side bar. */
export const VIEWS = {
  rollouts: 'doubletake.rollouts',
  vectors: 'doubletake.vectors',
  steering: 'doubletake.steering',
  models: 'doubletake.models',
  lens: 'doubletake.lens',
} as const;
