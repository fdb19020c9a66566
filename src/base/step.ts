/** What a stateful core answers to one input: its next state and the effects to perform, in order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** The one shape of every stateful core: pure, synchronous, time and randomness come in as inputs. */
export type Machine<State, Input, Effect> = (state: State, input: Input) => Step<State, Effect>;
