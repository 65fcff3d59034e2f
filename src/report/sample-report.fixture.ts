import type { ReportSpec } from './report-spec.js'
import { sampleFigures } from './sample-figures.fixture.js'
import { table } from './table.js'

/** A report of the shape and size of a real run's; the same each time. For tests only. */
export function sampleReport(): ReportSpec {
  const figures = sampleFigures()
  const named = (...names: string[]) => figures.filter((shown) => names.some((name) => shown.name.startsWith(name)))
  const scores = ['logistic', 'lightgbm', 'lstm', 'constant', 'persistence'].map((model, i) => ({
    model,
    auc: 0.5 + 0.011 * ((i * 2) % 5),
    interval: '0.495–0.531',
    brier: 0.2493 + 0.0004 * i,
    logLoss: 0.6917 + 0.0007 * i,
    accuracy: 0.512 + 0.004 * ((i * 3) % 4),
    f1: 0.52 - 0.01 * i,
    rows: 10_044,
  }))
  return {
    title: 'Direction of BTCUSD, 12 bars ahead',
    subtitle: '20,111 hourly bars from 2017-07-01 to 2019-10-17, 5 walk-forward folds',
    verdict: {
      kind: 'no-edge',
      headline: 'No model beats guessing by more than chance and fees',
      sentences: [
        'The best model, **lightgbm**, reaches an AUC of 0.533 (0.515–0.551), and its strategy ends below buy and hold after fees.',
        'Two of three gates of `config/ml/training.yaml` failed: min_auc 0.55 and min_accuracy 0.53.',
      ],
    },
    facts: [
      ['Best model', 'lightgbm'],
      ['AUC', '0.533 (0.515–0.551)'],
      ['Brier score', 0.2491],
      ['Test rows', 10044],
      ['Maximum drawdown', '−27.8 %'],
      ['Device', 'cpu, fused LSTM (TensorFlow 2.21.0)'],
    ],
    sections: [
      {
        id: 'data',
        title: 'Data',
        paragraphs: [
          'Hourly bars as they came, checked and not repaired.',
          '- 3 gaps, longest 7 hours\n- no duplicates\n- 12 bars without volume',
        ],
        figures: named('candles', 'price', 'label', 'fold-timeline'),
      },
      {
        id: 'scores',
        title: 'Scores',
        paragraphs: ['All scores are pooled over the test folds; see [definitions](#definitions).'],
        tables: [
          table(scores, {
            title: 'Scores on later data',
            columns: [
              { key: 'model', label: 'Model' },
              { key: 'auc', label: 'AUC', digits: 3 },
              { key: 'interval', label: 'AUC 95 % interval' },
              { key: 'brier', label: 'Brier score' },
              { key: 'logLoss', label: 'Log-loss' },
              { key: 'accuracy', label: 'Accuracy', digits: 3 },
              { key: 'f1', label: 'F1', digits: 3 },
              { key: 'rows', label: 'Rows' },
            ],
          }),
        ],
        figures: named('fold-scores', 'roc', 'calibration', 'probability'),
        figuresPerRow: 2,
      },
      { id: 'confusion', title: 'Confusion', figures: named('confusion'), figuresPerRow: 3 },
      { id: 'money', title: 'Equity after fees', paragraphs: ['Long above 0.55, else flat; 0.1 % a side.'], figures: named('equity') },
      { id: 'models', title: 'Models', figures: named('importance', 'learning', 'feature') },
    ],
    glossary: [
      { term: 'AUC', definition: 'Chance that a random up bar is ranked above a random down bar; 0.5 is guessing.' },
      {
        term: 'Brier score',
        definition: 'Mean squared distance between probability and outcome; 0.25 is always saying one half.',
        aliases: ['Brier'],
      },
      { term: 'Log-loss', definition: 'Mean negative log-likelihood in nats; 0.6931 is always saying one half.' },
      { term: 'Accuracy', definition: 'Share of rows where the side of 0.5 was right.' },
      { term: 'F1', definition: 'Harmonic mean of precision and recall of the up class.' },
      {
        term: 'Maximum drawdown',
        definition: 'Deepest fall of wealth below its earlier peak, as a share of the peak.',
        aliases: ['drawdown'],
      },
    ],
  }
}
