let hung = 0;

/** A thread of this process waits in the system and cannot be ended, as on a mount whose server is away. */
export const threadHangs = (): void => {
  hung += 1;
};

/** Whether leaving in the usual way would wait for such a thread. */
export const anyThreadHangs = (): boolean => hung > 0;
