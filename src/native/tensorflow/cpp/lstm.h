// Fused LSTM over a whole sequence for CPU, float32. No dependency but the C++ standard library.
//
// Shapes are batch-major and dense: x [B,T,I], y and dy [B,T,H], w [I,4H], u [H,4H], b [4H], states [B,H].
// The four gates are columns in the order i, f, g, o (Keras and tfjs: i, f, c, o), so the weights of a stock LSTM layer are used as they are.
//
// Forward, per step t (h_0 and c_0 given, * is element-wise):
//   [i f g o] = x_t W + h_{t-1} U + b,   i, f, o through the logistic sigmoid, g through tanh
//   c_t = f * c_{t-1} + i * g
//   h_t = o * tanh(c_t)                  y_t = h_t
//
// Backward, from the last step to the first (dh and dc arrive from step t+1):
//   dh += dy_t
//   dc += dh * o * (1 - tanh(c_t)^2)
//   di = dc * g * i (1-i)    df = dc * c_{t-1} * f (1-f)    dg = dc * i * (1-g^2)    do = dh * tanh(c_t) * o (1-o)
//   dx_t = dG W^T   dh = dG U^T   dc = dc * f
//   dW += x_t^T dG  dU += h_{t-1}^T dG  db += dG            with dG = [di df dg do]
//
// Results depend on the shapes, the numbers and the instruction set, never on `threads`: the batch is cut into slices by its size alone,
// threads take whole slices, and the slices' weight gradients are added in a fixed order.
#pragma once
#include <cstddef>

namespace barlab {

struct LstmShape {
  long batch, time, inputs, units;
};

// Floats of the workspace that the forward pass fills and the backward pass reads.
size_t lstm_workspace_floats(const LstmShape& shape);

struct LstmForward {
  const float *x, *w, *u, *b;
  const float *h0, *c0;    // NULL: zeros
  float *y, *h_last, *c_last;
  float* workspace;        // NULL: inference
};

struct LstmBackward {
  const float *x, *w, *u;
  const float *h0, *c0;                  // NULL: zeros
  const float *y, *workspace;            // of the forward pass
  const float *dy, *dh_last, *dc_last;   // NULL: zeros
  float* dx;                             // NULL: not wanted
  float *dw, *du, *db, *dh0, *dc0;
};

// Both throw std::bad_alloc when the scratch memory is not to be had, before anything is written. threads >= 1.
void lstm_forward(const LstmShape& shape, const LstmForward& io, int threads);
void lstm_backward(const LstmShape& shape, const LstmBackward& io, int threads);

}  // namespace barlab
