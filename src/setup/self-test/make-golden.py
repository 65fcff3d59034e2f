"""Makes golden.json: what Keras computes for the doctor's self-test. Run it with the project's Python:

    .venv/bin/python src/setup/self-test/make-golden.py > src/setup/self-test/golden.json

The inputs are sines (see `wave`), so that they need not be stored; self-test.ts makes the same ones.
"""

import json

import keras
import numpy as np
import tensorflow as tf

BATCH, STEPS, INPUTS, UNITS = 3, 5, 4, 6


def wave(shape, frequency):
    return np.sin(frequency * (1 + np.arange(np.prod(shape)))).astype("float32").reshape(shape)


def listed(tensor):
    return [round(float(v), 9) for v in np.asarray(tensor).ravel()]


a, b = wave((4, 5), 0.7), wave((5, 3), 1.3)
layer = keras.layers.LSTM(UNITS)
layer.build((BATCH, STEPS, INPUTS))
layer.set_weights([0.5 * wave((INPUTS, 4 * UNITS), 1.7), 0.5 * wave((UNITS, 4 * UNITS), 2.3), 0.5 * wave((4 * UNITS,), 2.9)])
x, target = wave((BATCH, STEPS, INPUTS), 1.1), wave((BATCH, UNITS), 1.9)
with tf.GradientTape() as tape:
    output = layer(x)
    loss = tf.reduce_mean(tf.square(output - target))
kernel, recurrent, bias = tape.gradient(loss, layer.trainable_weights)

golden = {
    "source": f"keras {keras.__version__} on tensorflow {tf.__version__}, CPU",
    "matmul": listed(a.astype("float64") @ b.astype("float64")),
    "lstmOutput": listed(output),
    "lstmKernelGradient": listed(kernel),
    "lstmRecurrentGradient": listed(recurrent),
    "lstmBiasGradient": listed(bias),
}
print(json.dumps(golden))
