/** To whom a command says which operands and flags it takes; commander's Command is one. */
export interface CommandShape {
  description(text: string): this;
  argument(name: string, description: string): this;
  /** `collect`: of a flag that may be given several times. */
  option(flags: string, description: string): this;
  option(
    flags: string,
    description: string,
    collect: (value: string, before: string[] | undefined) => string[],
  ): this;
  requiredOption(flags: string, description: string): this;
  addHelpText(where: 'after', text: string): this;
}
