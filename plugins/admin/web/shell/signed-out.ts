/** Who signs out in one tab has signed out in all of them. */
const channel = new BroadcastChannel('patchbay-session');

channel.onmessage = () => location.assign('/sign-in');

export function tellSignedOut(): void {
  channel.postMessage('signed out');
}
