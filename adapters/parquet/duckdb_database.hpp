#pragma once

#include <memory>
#include <string>

#include "engine/result/result.hpp"

namespace hts::parquet {

class Connection;

struct DuckdbOptions {
  /// 1 keeps a load on its caller's thread; the daemon's cores belong to its actors.
  unsigned threads = 1;
  /// DuckDB's own syntax. A year of minutes needs about 30 MB to write or read.
  std::string memory_limit = "256MB";
};

/// An in-memory DuckDB that serves as the Parquet reader and writer of this process. Nothing is
/// loaded or opened before the first `connect`, so that it costs nothing to have one. Thread-safe;
/// one is enough for all stores. Extensions are never downloaded or loaded, and nothing is spilled
/// to disk: a query over the memory limit is an error.
class DuckdbDatabase {
 public:
  explicit DuckdbDatabase(DuckdbOptions options = {});
  ~DuckdbDatabase();
  DuckdbDatabase(const DuckdbDatabase&) = delete;
  DuckdbDatabase& operator=(const DuckdbDatabase&) = delete;

  /// A connection for one thread at a time, taken from a pool and given back by its destructor.
  /// For the sources of this folder. Error: storage, when the library is missing or does not start.
  [[nodiscard]] result::Result<Connection> connect();
  [[nodiscard]] bool is_open() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hts::parquet
