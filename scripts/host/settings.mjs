// Settings of a VS Code that shows nothing but the extension.

export const quietSettings = {
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
  'remote.autoForwardPorts': false,
  // The folder may lie inside a clone, whose repository is not the one to show.
  'git.openRepositoryInParentFolders': 'never',
  // As on the desktop: in a browser VS Code saves by itself, which hides what is dirty.
  'files.autoSave': 'off',
};

/** A theme of VS Code by its id, whatever the system prefers. */
export const themeSettings = id => ({
  'workbench.colorTheme': id,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
});
