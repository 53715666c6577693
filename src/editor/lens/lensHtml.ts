// The hash of nothing: the controls' toolkit makes an empty style element to see what the browser knows.
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** The page of the Logit Lens view. Nothing goes into it but where script and styles are; all text comes by message. */
export function lensHtml(uris: { source: string; script: string; style: string }): string {
  const { source, script, style } = uris;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source} ${EMPTY_STYLE}; script-src ${source}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Logit Lens</title>
<link rel="stylesheet" href="${style}">
<script defer src="${script}"></script>
</head>
<body></body>
</html>`;
}
