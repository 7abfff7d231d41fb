import { spawn } from 'node:child_process';

/**
 * Shows an address in the user's browser, without a shell. Whether a program was there to be asked: on Linux xdg-open, where
 * there is a screen, for without one it would take the terminal for a text browser; on macOS open.
 */
export async function openBrowser(url: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<boolean> {
  const hasScreen = platform === 'darwin' || (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== '';
  if (!hasScreen) return false;
  const child = spawn(platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true });
  const isStarted = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
  child.unref();
  return isStarted;
}
