/** A variable that Barlab reads. */
export interface EnvironmentVariable {
  readonly name: string
  readonly meaning: string
  /** `user`: meant to be set by a person; `inner`: set by Barlab for its own processes; `test`: read by the tests alone. */
  readonly kind: 'user' | 'inner' | 'test'
}

const of =
  (kind: EnvironmentVariable['kind']) =>
  ([name, meaning]: readonly [name: string, meaning: string]): EnvironmentVariable => ({ name, meaning, kind })

/** Every `BARLAB_...` of the source; a test finds one that is missing. */
export const ENVIRONMENT_VARIABLES: readonly EnvironmentVariable[] = [
  ...(
    [
      ['BARLAB_CACHE', 'folder of compiled operations, logs of set-up and device facts; default `.cache` of the project'],
      ['BARLAB_DEVICE', '`auto`, `cuda` or `cpu`; `--device` comes before it, `resources.device` after it'],
      ['BARLAB_OPTUNA_STORAGE', 'database of the studies; `--storage` comes before it, `tuning.storage` after it'],
      ['BARLAB_PYTHON', 'the Python to make the environment with; default the first fitting of `python3`, `python3.11` to `python3.13`'],
      ['BARLAB_REQUIRE_DEVICE', '`1`: falling back to a slower device is an error, as with `--require-device`'],
      ['BARLAB_ROOT', 'folder of the project; default: found by walking up from the working directory'],
      ['BARLAB_RUNS_DIR', 'folder of the runs and studies; default `runs` of the project'],
      ['BARLAB_THEME', '`light` (default) or `dark`: the page that charts in notebooks are drawn for'],
      ['BARLAB_VENV', 'folder of the Python environment; default `.venv` of the project'],
    ] as const
  ).map(of('user')),
  ...(
    [
      ['BARLAB_CWD', 'the folder the user typed in: paths in parameters count from there'],
      ['BARLAB_INSTALLS_INTO', 'marks the installers of an environment, so that those of a killed set-up are found and ended'],
      ['BARLAB_LEAKCHECK', 'set by `npm run leakcheck`: a notebook ends at its `certifyRun`'],
      ['BARLAB_RUN_FOLDER', "the runner's run, which `openRun` then gives"],
    ] as const
  ).map(of('inner')),
  ...(
    [
      ['BARLAB_GPU_ROWS', 'file that the suite of the card writes its table to'],
      ['BARLAB_GPU_SUITE', '`cpu`: the suite of the card runs on the CPU'],
      ['BARLAB_SCREENSHOTS', 'folder to keep pictures of the browser tests in'],
      ['BARLAB_TEST_POSTGRES', 'PostgreSQL database for the tests of studies'],
      ['BARLAB_TEST_TIER', '`fast`, `slow` or `gpu`: which tests run'],
      ['BARLAB_TORCH_PYTHON', 'a Python with PyTorch, which the suite of the card compares with'],
    ] as const
  ).map(of('test')),
]
