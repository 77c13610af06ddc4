/** How the pages look that are served without the shell: those of mailed links, and that of the set-up. */
export const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; color: #1d2530; background: #f6f7f9 }
form { display: grid; gap: .8rem } label { display: grid; gap: .2rem }
input, button { font: inherit; padding: .5rem .7rem; border: 1px solid #b6bfca; border-radius: .4rem }
button { background: #1f5fbf; color: #fff; border: 0; cursor: pointer } output { display: block; margin-top: 1rem; overflow-wrap: anywhere }
`;
