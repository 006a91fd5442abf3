/** Who one is among several processes, from the variables that each launcher sets. */
import { describe, expect, it } from "vitest";
import { firstHost, rankOf } from "../../lib/distributed/index.ts";

describe("rankOf", () => {
  it("is alone without variables, and when there is one process", () => {
    expect(rankOf({})).toBeUndefined();
    expect(rankOf({ RANK: "0", WORLD_SIZE: "1" })).toBeUndefined();
    expect(rankOf({ SLURM_PROCID: "0", SLURM_NTASKS: "4" })).toBeUndefined();
  });

  it.each([
    [
      "gradbook launch",
      {
        GRADBOOK_RANK: "1",
        GRADBOOK_WORLD_SIZE: "4",
        GRADBOOK_LOCAL_RANK: "1",
        GRADBOOK_COORDINATOR: "10.0.0.1:5000",
      },
      1,
      4,
      1,
      "10.0.0.1",
      5000,
    ],
    [
      "torchrun",
      { RANK: "3", WORLD_SIZE: "4", LOCAL_RANK: "1", MASTER_ADDR: "worker-0", MASTER_PORT: "29500" },
      3,
      4,
      1,
      "worker-0",
      29500,
    ],
    [
      "mpirun",
      {
        OMPI_COMM_WORLD_RANK: "1",
        OMPI_COMM_WORLD_SIZE: "2",
        OMPI_COMM_WORLD_LOCAL_RANK: "1",
        OMPI_COMM_WORLD_LOCAL_SIZE: "2",
      },
      1,
      2,
      1,
      "127.0.0.1",
      29400,
    ],
    [
      "mpirun",
      {
        OMPI_COMM_WORLD_RANK: "5",
        OMPI_COMM_WORLD_SIZE: "8",
        OMPI_COMM_WORLD_LOCAL_RANK: "1",
        OMPI_COMM_WORLD_LOCAL_SIZE: "4",
        OMPI_MCA_orte_hnp_uri: "1531576320.0;tcp://10.96.0.1,10.148.0.1:34911",
      },
      5,
      8,
      1,
      "10.96.0.1",
      29400,
    ],
    [
      "hydra",
      { PMI_RANK: "2", PMI_SIZE: "4", MPI_LOCALRANKID: "0", GRADBOOK_COORDINATOR: "a:1" },
      2,
      4,
      0,
      "a",
      1,
    ],
    [
      "srun",
      { SLURM_PROCID: "6", SLURM_STEP_NUM_TASKS: "8", SLURM_LOCALID: "2", SLURM_STEP_NODELIST: "gpu[07-08]" },
      6,
      8,
      2,
      "gpu07",
      29400,
    ],
  ] as const)("%s", (launcher, variables, rank, size, localRank, host, port) => {
    expect(rankOf(variables)).toEqual({ launcher, rank, size, localRank, host, port });
  });

  it("says what is wrong", () => {
    expect(() => rankOf({ RANK: "4", WORLD_SIZE: "4" })).toThrow(
      "rank: expected RANK below WORLD_SIZE 4, got 4",
    );
    expect(() => rankOf({ RANK: "x", WORLD_SIZE: "4" })).toThrow(
      "expected RANK to be a whole number from 0, got x",
    );
    expect(() => rankOf({ PMI_RANK: "1", PMI_SIZE: "4" })).toThrow(/expected to know where rank 0 is.*GRADBOOK_COORDINATOR=host:port/); // prettier-ignore
    expect(() => rankOf({ RANK: "1", WORLD_SIZE: "4", GRADBOOK_COORDINATOR: "here" })).toThrow("GRADBOOK_COORDINATOR as host:port"); // prettier-ignore
  });

  it("reads the first of Slurm's lists of machines", () => {
    const lists = ["node[07-09,12],login", "a[1,3]", "one", "one,two", "rack1n[001-004].cluster"];
    expect(lists.map(firstHost)).toEqual(["node07", "a1", "one", "one", "rack1n001.cluster"]);
  });
});
