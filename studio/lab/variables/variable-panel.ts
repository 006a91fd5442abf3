/**
 * A table of a notebook's variables, renewed when a cell has run and every two seconds while it is in view.
 *
 * Which names there are, the kernel tells with its cell graph (comm `gradbook.cells`); what they hold is asked for with
 * comm `gradbook.variables`. Other kernels know neither and close them.
 */
import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";
import type { Variable } from "../../../kernels/typescript/session/variables.ts";
import { variableTable } from "./variable-table.ts";

const INTERVAL = 2000;
const HINT = "Run a cell: what it declares stands here, with shapes and memory.";
const FOREIGN = "This kernel does not tell its variables.";

export class VariablePanel extends Widget {
  #session: ISessionContext | undefined;
  #names: string[] = [];
  #comms: Kernel.IComm[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.addClass("gb-Variables");
    this.#say(HINT);
  }

  /** Shows the variables of another notebook. */
  follow(session: ISessionContext | undefined): void {
    this.#session?.kernelChanged.disconnect(this.#reconnect, this);
    this.#session?.connectionStatusChanged.disconnect(this.#reconnect, this);
    this.#session = session;
    session?.kernelChanged.connect(this.#reconnect, this);
    session?.connectionStatusChanged.connect(this.#reconnect, this);
    this.#reconnect();
  }

  protected override onAfterShow(): void {
    this.#timer ??= setInterval(() => this.#ask(), INTERVAL);
    this.#ask();
  }

  protected override onAfterHide(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #reconnect(): void {
    for (const comm of this.#comms) if (!comm.isDisposed) comm.dispose();
    this.#comms = [];
    this.#names = [];
    this.#say(HINT);
    const kernel = this.#session?.session?.kernel;
    if (!kernel?.handleComms || kernel.connectionStatus !== "connected") return;
    const cells = kernel.createComm("gradbook.cells");
    cells.onMsg = ({ content }) => {
      const told = (content.data as unknown as { cells?: { defines: string[] }[] }).cells ?? [];
      this.#names = [...new Set(told.flatMap(({ defines }) => defines))];
      this.#ask();
    };
    const variables = kernel.createComm("gradbook.variables");
    variables.onMsg = ({ content }) =>
      this.#show((content.data as unknown as { variables: Variable[] }).variables);
    variables.onClose = () => this.#say(FOREIGN);
    this.#comms = [variables, cells];
    variables.open({ names: [] });
    cells.open({});
  }

  #ask(): void {
    const [variables] = this.#comms;
    if (this.isVisible && variables && !variables.isDisposed) variables.send({ names: this.#names });
  }

  #show(variables: Variable[]): void {
    if (variables.length === 0) this.#say(HINT);
    else this.node.replaceChildren(variableTable(variables));
  }

  #say(text: string): void {
    const line = document.createElement("p");
    line.textContent = text;
    this.node.replaceChildren(line);
  }
}
