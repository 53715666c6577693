// Settings of a VS Code that shows nothing but the extension.

/** User settings; `theme` is the id of a colour theme. */
export const quietSettings = (theme = 'Dark Modern') => ({
  'workbench.colorTheme': theme,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  // As on the desktop: in a browser VS Code saves by itself, which hides what is dirty.
  'files.autoSave': 'off',
});
