/* Runs a SavedModel through TensorFlow's C API, as TF Serving does: no Python in the process.
 *
 *   loader SAVED_MODEL_FOLDER [OP_LIBRARY...]
 *
 * Loads the model (tag "serve"), then answers requests from standard input on standard output until the
 * input ends. Everything is little-endian, without padding:
 *
 *   request   int32 runs, int32 n, n inputs, int32 m, m names of outputs
 *   input     name, tensor
 *   response  int32 status (a TF_Code), message, and if it is 0: `runs` doubles (the seconds of each run),
 *             m tensors
 *   name, message, string   int32 length, bytes
 *   tensor    int32 type (a TF_DataType), int32 rank, rank int64 sizes, then the elements: fixed-size ones
 *             as they are in memory, strings one after the other
 *
 * A name is "operation" or "operation:index". The first response, before any request, tells of the loading.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tensorflow/c/c_api.h"

static void end(const char *why) {
  fprintf(stderr, "loader: %s\n", why);
  exit(1);
}

static void read_bytes(void *to, size_t size) {
  if (size && fread(to, size, 1, stdin) != 1) end("the request ends too early");
}

static int32_t read_int(void) {
  int32_t value;
  read_bytes(&value, sizeof value);
  return value;
}

static void write_bytes(const void *from, size_t size) {
  if (size && fwrite(from, size, 1, stdout) != 1) end("the response cannot be written");
}

static void write_int(int32_t value) { write_bytes(&value, sizeof value); }

static char *read_string(size_t *size) {
  *size = (size_t)read_int();
  char *text = malloc(*size + 1);
  if (!text) end("out of memory");
  read_bytes(text, *size);
  text[*size] = 0;
  return text;
}

static void write_string(const char *text, size_t size) {
  write_int((int32_t)size);
  write_bytes(text, size);
}

static TF_Output read_name(TF_Graph *graph) {
  size_t size;
  char *name = read_string(&size), *colon = strchr(name, ':');
  if (colon) *colon = 0;
  TF_Output output = {TF_GraphOperationByName(graph, name), colon ? atoi(colon + 1) : 0};
  if (!output.oper) {
    fprintf(stderr, "loader: the graph has no operation %s\n", name);
    exit(1);
  }
  free(name);
  return output;
}

static TF_Tensor *read_tensor(void) {
  int32_t type = read_int(), rank = read_int();
  int64_t sizes[8];
  if (rank < 0 || rank > 8) end("the rank of a tensor is not from 0 to 8");
  read_bytes(sizes, (size_t)rank * sizeof(int64_t));
  size_t elements = 1;
  for (int i = 0; i < rank; ++i) elements *= (size_t)sizes[i];
  size_t width = type == TF_STRING ? sizeof(TF_TString) : TF_DataTypeSize((TF_DataType)type);
  TF_Tensor *tensor = TF_AllocateTensor((TF_DataType)type, sizes, rank, elements * width);
  if (type != TF_STRING) {
    read_bytes(TF_TensorData(tensor), elements * width);
    return tensor;
  }
  TF_TString *strings = TF_TensorData(tensor);
  for (size_t i = 0; i < elements; ++i) {
    size_t size;
    char *text = read_string(&size);
    TF_StringInit(&strings[i]);
    TF_StringCopy(&strings[i], text, size);
    free(text);
  }
  return tensor;
}

static void write_tensor(const TF_Tensor *tensor) {
  write_int(TF_TensorType(tensor));
  write_int(TF_NumDims(tensor));
  for (int i = 0; i < TF_NumDims(tensor); ++i) {
    int64_t size = TF_Dim(tensor, i);
    write_bytes(&size, sizeof size);
  }
  if (TF_TensorType(tensor) != TF_STRING) {
    write_bytes(TF_TensorData(tensor), TF_TensorByteSize(tensor));
    return;
  }
  const TF_TString *strings = TF_TensorData(tensor);
  for (int64_t i = 0; i < TF_TensorElementCount(tensor); ++i)
    write_string(TF_StringGetDataPointer(&strings[i]), TF_StringGetSize(&strings[i]));
}

static void write_status(const TF_Status *status) {
  write_int(TF_GetCode(status));
  write_string(TF_Message(status), strlen(TF_Message(status)));
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static void answer(TF_Session *session, TF_Graph *graph, TF_Status *status, int32_t runs) {
  int32_t n = read_int();
  TF_Output inputs[n + 1];
  TF_Tensor *values[n + 1];
  for (int i = 0; i < n; ++i) {
    inputs[i] = read_name(graph);
    values[i] = read_tensor();
  }
  int32_t m = read_int();
  TF_Output outputs[m + 1];
  TF_Tensor *results[m + 1];
  for (int i = 0; i < m; ++i) outputs[i] = read_name(graph);
  double *seconds = malloc((size_t)runs * sizeof(double) + 1);
  if (!seconds) end("out of memory");
  TF_SetStatus(status, TF_OK, "");
  for (int run = 0; run < runs && TF_GetCode(status) == TF_OK; ++run) {
    if (run)
      for (int i = 0; i < m; ++i) TF_DeleteTensor(results[i]);
    double start = now();
    TF_SessionRun(session, NULL, inputs, values, n, outputs, results, m, NULL, 0, NULL, status);
    seconds[run] = now() - start;
  }
  write_status(status);
  if (TF_GetCode(status) == TF_OK) {
    write_bytes(seconds, (size_t)runs * sizeof(double));
    for (int i = 0; i < m; ++i) {
      write_tensor(results[i]);
      TF_DeleteTensor(results[i]);
    }
  }
  fflush(stdout);
  for (int i = 0; i < n; ++i) TF_DeleteTensor(values[i]);
  free(seconds);
}

int main(int count, char **arguments) {
  if (count < 2) end("give the folder of a SavedModel");
  TF_Status *status = TF_NewStatus();
  for (int i = 2; i < count; ++i) {
    TF_LoadLibrary(arguments[i], status);
    if (TF_GetCode(status) != TF_OK) end(TF_Message(status));
  }
  TF_Graph *graph = TF_NewGraph();
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *tags[] = {"serve"};
  TF_Session *session =
      TF_LoadSessionFromSavedModel(options, NULL, arguments[1], tags, 1, graph, NULL, status);
  write_status(status);
  fflush(stdout);
  if (TF_GetCode(status) != TF_OK) return 1;
  int32_t runs;
  while (fread(&runs, sizeof runs, 1, stdin) == 1) answer(session, graph, status, runs);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteGraph(graph);
  TF_DeleteSessionOptions(options);
  TF_DeleteStatus(status);
  return 0;
}
