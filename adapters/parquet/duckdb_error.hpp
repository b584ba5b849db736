#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

/// DuckDB's messages as errors for people. Included only by the sources of this folder.
namespace hts::parquet {

/// The reason inside one of DuckDB's messages, without its kind and the path in front of it.
[[nodiscard]] std::string reason_in(std::string_view duckdb_message);
/// Whether DuckDB gave up for want of memory, which says nothing about the file.
[[nodiscard]] bool is_out_of_memory(const result::Error& duckdb_error);
/// "Cannot write /data/x: No space left on device. Free some space …".
[[nodiscard]] result::Error duckdb_file_error(std::string_view action,
                                              const std::filesystem::path& path,
                                              std::string_view duckdb_message);

}  // namespace hts::parquet
