/** The few parts of jasmine's command-line class that the run uses; the package has no declarations. */
declare module "jasmine" {
  interface SpecResult {
    fullName: string;
    status: string;
    failedExpectations: { message: string }[];
  }
  export default class Jasmine {
    constructor(options: { projectBaseDir: string });
    exitOnCompletion: boolean;
    readonly env: { configure(options: { random: boolean }): void };
    clearReporters(): void;
    addReporter(reporter: { specDone(result: SpecResult): void }): void;
    execute(files: string[], filter?: string): Promise<unknown>;
  }
}
