import { loadTensorflow } from '../native/tensorflow/index.js'
import type { DevicePolicy } from './device-policy.js'
import { serveParent } from './child-entry.js'

/** Child process of `detectDevice`: loads TensorFlow under a policy and says what works. */
serveParent(async (input) => (await loadTensorflow({ device: input as DevicePolicy })).facts)
