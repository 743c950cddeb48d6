// What a person can do with the timeline of a run: a part of the actions.

/**
 * @param {(command: import("../wire/protocol.js").Seek | import("../wire/protocol.js").Pause
 *   | import("../wire/protocol.js").OpenKept | import("../wire/protocol.js").RenameKept
 *   | import("../wire/protocol.js").RemoveKept) => boolean} tell sends a command for the current run
 * @param {() => import("./run.js").Run} run
 */
export function timelineActions(tell, run) {
  return {
    /** Show the epoch before the one that is shown; by other clocks there is no way back. */
    stepBack() {
      const { clock, frame, past, firstEpoch } = run();
      const epoch = (past?.epoch ?? frame?.epoch ?? 0) - (past?.batch ? 0 : 1);
      if (clock === "epoch" && epoch >= firstEpoch) tell({ type: "seek", epoch });
    },
    /**
     * Show another epoch of the run; without one, the newest.
     * @param {number} [epoch]
     * @param {number} [batch] of it
     * @returns {boolean} false where it could not be sent
     */
    seek(epoch, batch) { return tell({ type: "seek", epoch, batch }); },
    /** Show what was shown before an epoch was asked for that takes long. */
    stopSeeking() { tell({ type: "pause" }); },
    /** @param {string} letter of a run that is kept */
    openKept(letter) { tell({ type: "open_kept", letter }); },
    /**
     * @param {string} letter
     * @param {string} name "" for the one that it has by itself
     */
    renameKept(letter, name) { tell({ type: "rename_kept", letter, name }); },
    /** @param {string} letter */
    removeKept(letter) { tell({ type: "remove_kept", letter }); },
  };
}
