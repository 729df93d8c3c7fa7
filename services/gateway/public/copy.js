/** Makes buttons with `data-copy` copy that text, and says so to screen readers. */
export function copyButtons(announce) {
  for (const button of document.querySelectorAll('[data-copy]')) {
    const label = button.textContent;
    button.addEventListener('click', async () => {
      const copied = await navigator.clipboard?.writeText(button.dataset.copy).then(
        () => true,
        () => false,
      );
      button.textContent = copied ? 'Copied' : 'Select it';
      announce.textContent = copied
        ? 'Copied to the clipboard.'
        : 'This browser does not copy from here; select the text.';
      setTimeout(() => (button.textContent = label), 2_000);
    });
  }
}
