#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>

/// SHA-256 of bytes that come piece by piece.
namespace hts::parquet {

class FileDigest {
 public:
  FileDigest();
  ~FileDigest();
  FileDigest(const FileDigest&) = delete;
  FileDigest& operator=(const FileDigest&) = delete;

  void add(std::span<const std::byte> bytes);
  /// 64 hexadecimal digits. Call it once, at the end.
  [[nodiscard]] std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hts::parquet
