#pragma once

#include <filesystem>
#include <string>

#include "engine/result/result.hpp"

namespace hts::parquet {

/// A file held open, so that one query that opens it several times by `name()` never mixes the file
/// with another that a rename put in its place. Of the system's disk only.
class PinnedFile {
 public:
  [[nodiscard]] static result::Result<PinnedFile> open(const std::filesystem::path& path);
  ~PinnedFile();
  PinnedFile(PinnedFile&& other) noexcept;
  PinnedFile& operator=(PinnedFile&&) = delete;

  /// `/proc/self/fd/N`, of this process only.
  [[nodiscard]] std::string name() const;

 private:
  explicit PinnedFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace hts::parquet
