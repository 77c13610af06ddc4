/** Where the looks of three panes come from: which rows there are, their list, and the open one, side by side or one at a time. */
import style from './panes.module.css';

/**
 * `panes` around `pane ways`, `pane listPane` and `pane openPane`, with `data-open` while one is open. In the list: `scroll`,
 * `list` and `row` (`data-unread`, `data-open`). `narrow` is what stands for the ways, and `back` what leads to the list, where
 * there is no room for them. With `data-side` there is a `pane sidePane` behind the open one, from 75em on.
 */
export const paneStyle = style;
