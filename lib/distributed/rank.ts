/**
 * Which of several processes this one is, from the variables that whatever started it has set.
 *
 * Known: `gradbook launch`; torchrun and Kubeflow's PyTorchJob (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT); Open MPI's
 * mpirun and Kubeflow's MPIJob (OMPI_COMM_WORLD_RANK …); MPICH and Intel MPI (PMI_RANK …); Slurm's srun (SLURM_PROCID …).
 */
import { fail } from "../core/errors.ts";

export interface Rank {
  /** 0 … size − 1; 0 keeps the store and writes the files. */
  rank: number;
  size: number;
  /** Its number on its machine: the device that it takes. */
  localRank: number;
  /** Where rank 0 listens. */
  host: string;
  port: number;
  /** What set the variables. */
  launcher: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of rank, size, number on the machine. */
const LAUNCHERS: readonly (readonly [name: string, rank: string, size: string, local: string])[] = [
  ["gradbook launch", "GRADBOOK_RANK", "GRADBOOK_WORLD_SIZE", "GRADBOOK_LOCAL_RANK"],
  ["mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"],
  ["hydra", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"],
  // Of a step: in a batch script itself SLURM_PROCID is 0 and nobody else is there.
  ["srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"],
  ["torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK"],
];

const DEFAULT_PORT = 29_400;

function whole(environment: Environment, name: string, least: number): number {
  const value = Number(environment[name]);
  if (environment[name]?.trim() && Number.isInteger(value) && value >= least) return value;
  return fail("rank", { expected: `${name} to be a whole number from ${least}`, got: environment[name] ?? "nothing" }); // prettier-ignore
}

/**
 * The rank; undefined when this process is alone.
 * @throws GradbookError when the variables contradict each other, or do not say where rank 0 is
 */
export function rankOf(environment: Environment = process.env): Rank | undefined {
  const found = LAUNCHERS.find(([, rank, size]) => environment[rank] !== undefined && environment[size] !== undefined); // prettier-ignore
  if (!found) return undefined;
  const [launcher, rankName, sizeName, localName] = found;
  const [rank, size] = [whole(environment, rankName, 0), whole(environment, sizeName, 1)];
  if (rank >= size) fail("rank", { expected: `${rankName} below ${sizeName} ${size}`, got: rank });
  if (size === 1) return undefined;
  const localRank = environment[localName] === undefined ? rank : whole(environment, localName, 0);
  return { rank, size, localRank, launcher, ...addressOf(environment, launcher, size) };
}

/** Where rank 0 listens: said by hand, by torchrun's variables, or told by the launcher's own. */
function addressOf(environment: Environment, launcher: string, size: number): Pick<Rank, "host" | "port"> {
  const said = environment.GRADBOOK_COORDINATOR;
  if (said !== undefined) {
    const [, host, port] = /^(.+):(\d+)$/.exec(said) ?? [];
    if (!host) fail("rank", { expected: "GRADBOOK_COORDINATOR as host:port", got: said });
    return { host, port: Number(port) };
  }
  const { MASTER_ADDR: master, MASTER_PORT } = environment;
  if (master)
    return { host: master, port: MASTER_PORT ? whole(environment, "MASTER_PORT", 1) : DEFAULT_PORT };
  const host = hostOf(environment, launcher, size);
  if (host) return { host, port: DEFAULT_PORT };
  return fail("rank", {
    expected: "to know where rank 0 is",
    got: `ranks of ${launcher} and no address`,
    hint: "set GRADBOOK_COORDINATOR=host:port, the same for all, with a free port of rank 0's machine",
  });
}

function hostOf(environment: Environment, launcher: string, size: number): string | undefined {
  if (launcher === "srun")
    return firstHost(environment.SLURM_STEP_NODELIST ?? environment.SLURM_NODELIST ?? "");
  if (launcher !== "mpirun") return undefined;
  if (environment.OMPI_COMM_WORLD_LOCAL_SIZE === String(size)) return "127.0.0.1";
  // "1531576320.0;tcp://10.96.0.1,10.148.0.1:34911": the machine on which mpirun, and with it rank 0, was started.
  return /tcp:\/\/([^,:]+)/.exec(environment.OMPI_MCA_orte_hnp_uri ?? "")?.[1];
}

/** The first of a Slurm list: "node[07-09,12],login" → "node07". */
export function firstHost(list: string): string | undefined {
  const [, name, numbers, tail] = /^([^[,]+)(?:\[([^\]]+)\])?([^,]*)/.exec(list) ?? [];
  return name && `${name}${numbers?.split(/[-,]/)[0] ?? ""}${tail}`;
}
