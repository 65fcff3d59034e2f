// TensorFlow ops BarlabLstm and BarlabLstmGrad around lstm.h, through TensorFlow's C kernel API: no C++ ABI is shared with the library.
// They are registered when the addon is loaded and may be registered only once in a process.
//
// BarlabLstm      x [B,T,I], w [I,4H], u [H,4H], b [4H], h0 [B,H], c0 [B,H]
//              -> y [B,T,H], h [B,H], c [B,H], workspace [n] (empty unless training)
// BarlabLstmGrad  x, w, u, h0, c0, y, workspace (of the forward pass), dy [B,T,H], dh [B,H], dc [B,H]
//              -> dx [B,T,I] (batch 0 unless need_dx), dw, du, db, dh0, dc0
// A state or a gradient with no elements counts as zeros. Attribute threads: upper limit; results do not depend on it.
#include "lstm.h"

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <new>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

using Dims = std::initializer_list<int64_t>;

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  operator TF_Status*() const { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

 private:
  TF_Status* status_;
};

struct Failure {
  TF_Code code;
  std::string message;
};

// Inputs and outputs of one call; owns the tensor handles.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  }

  TF_Tensor* input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    return keep(tensor);
  }

  float* output(int index, Dims dims) {
    size_t bytes = sizeof(float);
    for (int64_t dim : dims) bytes *= dim;
    return static_cast<float*>(TF_TensorData(
        keep(TF_AllocateOutput(context_, index, TF_FLOAT, dims.begin(), static_cast<int>(dims.size()), bytes, status_))));
  }

 private:
  TF_Tensor* keep(TF_Tensor* tensor) {
    if (tensor) tensors_.push_back(tensor);
    if (!status_.ok()) throw Failure{TF_GetCode(status_), TF_Message(status_)};
    return tensor;
  }

  TF_OpKernelContext* context_;
  Status status_;
  std::vector<TF_Tensor*> tensors_;
};

std::string text(const int64_t* dims, size_t count) {
  std::string out = "[";
  for (size_t i = 0; i < count; i++) out += (i ? "," : "") + std::to_string(dims[i]);
  return out + "]";
}

// Data of a tensor whose shape must be `dims`; where `optional`, a tensor without elements is NULL.
const float* data(TF_Tensor* tensor, const char* name, Dims dims, bool optional = false) {
  if (optional && TF_TensorElementCount(tensor) == 0) return nullptr;
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  if (shape != std::vector<int64_t>(dims))
    throw Failure{TF_INVALID_ARGUMENT, std::string("BarlabLstm: ") + name + " has shape " + text(shape.data(), shape.size()) +
                                           ", expected " + text(dims.begin(), dims.size())};
  return static_cast<const float*>(TF_TensorData(tensor));
}

barlab::LstmShape shape_of(TF_Tensor* x, TF_Tensor* u) {
  if (TF_NumDims(x) != 3 || TF_NumDims(u) != 2) throw Failure{TF_INVALID_ARGUMENT, "BarlabLstm: x must be [batch,time,inputs] and u [units,4*units]"};
  const barlab::LstmShape shape{TF_Dim(x, 0), TF_Dim(x, 1), TF_Dim(x, 2), TF_Dim(u, 0)};
  if (!shape.batch || !shape.time || !shape.inputs || !shape.units) throw Failure{TF_INVALID_ARGUMENT, "BarlabLstm: batch, time, inputs and units must not be 0"};
  return shape;
}

struct Attributes {
  bool flag = false;
  int64_t threads = 1;
};

void forward(const Attributes& attributes, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.input(0), *w = call.input(1), *u = call.input(2), *b = call.input(3), *h0 = call.input(4), *c0 = call.input(5);
  const auto shape = shape_of(x, u);
  const int64_t B = shape.batch, T = shape.time, I = shape.inputs, H = shape.units;
  barlab::LstmForward io{};
  io.x = data(x, "x", {B, T, I});
  io.w = data(w, "w", {I, 4 * H});
  io.u = data(u, "u", {H, 4 * H});
  io.b = data(b, "b", {4 * H});
  io.h0 = data(h0, "h0", {B, H}, true);
  io.c0 = data(c0, "c0", {B, H}, true);
  io.y = call.output(0, {B, T, H});
  io.h_last = call.output(1, {B, H});
  io.c_last = call.output(2, {B, H});
  float* const workspace = call.output(3, {attributes.flag ? static_cast<int64_t>(barlab::lstm_workspace_floats(shape)) : 0});
  io.workspace = attributes.flag ? workspace : nullptr;
  barlab::lstm_forward(shape, io, static_cast<int>(attributes.threads));
}

void backward(const Attributes& attributes, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor *x = call.input(0), *w = call.input(1), *u = call.input(2), *h0 = call.input(3), *c0 = call.input(4), *y = call.input(5),
            *workspace = call.input(6), *dy = call.input(7), *dh = call.input(8), *dc = call.input(9);
  const auto shape = shape_of(x, u);
  const int64_t B = shape.batch, T = shape.time, I = shape.inputs, H = shape.units;
  barlab::LstmBackward io{};
  io.x = data(x, "x", {B, T, I});
  io.w = data(w, "w", {I, 4 * H});
  io.u = data(u, "u", {H, 4 * H});
  io.h0 = data(h0, "h0", {B, H}, true);
  io.c0 = data(c0, "c0", {B, H}, true);
  io.y = data(y, "y", {B, T, H});
  io.workspace = data(workspace, "workspace (run BarlabLstm with training=true)", {static_cast<int64_t>(barlab::lstm_workspace_floats(shape))});
  io.dy = data(dy, "dy", {B, T, H}, true);
  io.dh_last = data(dh, "dh", {B, H}, true);
  io.dc_last = data(dc, "dc", {B, H}, true);
  float* const dx = call.output(0, {attributes.flag ? B : 0, T, I});
  io.dx = attributes.flag ? dx : nullptr;
  io.dw = call.output(1, {I, 4 * H});
  io.du = call.output(2, {H, 4 * H});
  io.db = call.output(3, {4 * H});
  io.dh0 = call.output(4, {B, H});
  io.dc0 = call.output(5, {B, H});
  barlab::lstm_backward(shape, io, static_cast<int>(attributes.threads));
}

// No exception may leave a kernel: it would end the process.
template <void (*Run)(const Attributes&, TF_OpKernelContext*)>
void compute(void* kernel, TF_OpKernelContext* context) {
  Failure failure{TF_INTERNAL, ""};
  try {
    return Run(*static_cast<Attributes*>(kernel), context);
  } catch (const Failure& thrown) {
    failure = thrown;
  } catch (const std::bad_alloc&) {
    failure = {TF_RESOURCE_EXHAUSTED, "BarlabLstm: out of memory"};
  }
  Status status;
  TF_SetStatus(status, failure.code, failure.message.c_str());
  TF_OpKernelContext_Failure(context, status);
}

const char kTraining[] = "training", kNeedDx[] = "need_dx";

template <const char* Flag>
void* create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  Status status;
  TF_Bool flag = 0;
  TF_OpKernelConstruction_GetAttrBool(construction, Flag, &flag, status);
  attributes->flag = flag;
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt64(construction, "threads", &attributes->threads, status);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status);
  return attributes;
}

void destroy(void* kernel) { delete static_cast<Attributes*>(kernel); }

using Names = std::initializer_list<const char*>;

// A failure is printed and leaves the op unknown, which the start-up probe of the loader reports.
void register_op(const char* name, Names inputs, Names outputs, const char* flag, void* (*make)(TF_OpKernelConstruction*),
                 void (*run)(void*, TF_OpKernelContext*)) {
  const auto check = [&](const Status& status) {
    if (!status.ok()) fprintf(stderr, "%s could not be registered: %s\n", name, TF_Message(status));
    return status.ok();
  };
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, (std::string(input) + ": float").c_str());
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, (std::string(output) + ": float").c_str());
  TF_OpDefinitionBuilderAddAttr(definition, (std::string(flag) + ": bool").c_str());
  TF_OpDefinitionBuilderAddAttr(definition, "threads: int >= 1 = 1");
  Status defined;
  TF_RegisterOpDefinition(definition, defined);
  if (!check(defined)) return;
  Status registered;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", make, run, destroy), registered);
  check(registered);
}

const bool registered = [] {
  register_op("BarlabLstm", {"x", "w", "u", "b", "h0", "c0"}, {"y", "h", "c", "workspace"}, kTraining, create<kTraining>, compute<forward>);
  register_op("BarlabLstmGrad", {"x", "w", "u", "h0", "c0", "y", "workspace", "dy", "dh", "dc"}, {"dx", "dw", "du", "db", "dh0", "dc0"}, kNeedDx,
              create<kNeedDx>, compute<backward>);
  return true;
}();

}  // namespace
