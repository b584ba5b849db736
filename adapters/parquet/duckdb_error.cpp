#include "adapters/parquet/duckdb_error.hpp"

#include "adapters/disk/disk_error.hpp"

namespace hts::parquet {

std::string reason_in(std::string_view duckdb_message) {
  std::string_view reason = duckdb_message.substr(0, duckdb_message.find('\n'));
  // `IO Error: Could not write file "/path": No space left on device`
  constexpr std::string_view kind_end = " Error: ";
  if (const auto end = reason.find(kind_end); end != std::string_view::npos) {
    reason.remove_prefix(end + kind_end.size());
  }
  if (const auto end = reason.rfind("\": "); end != std::string_view::npos) {
    reason.remove_prefix(end + 3);
  }
  while (!reason.empty() && (reason.back() == '.' || reason.back() == ' ')) reason.remove_suffix(1);
  return std::string{reason};
}

bool is_out_of_memory(const result::Error& duckdb_error) {
  return duckdb_error.message.starts_with("Out of Memory Error");
}

result::Error duckdb_file_error(std::string_view action, const std::filesystem::path& path,
                                std::string_view duckdb_message) {
  const std::string reason = reason_in(duckdb_message);
  if (reason.find("failed to allocate") == std::string::npos) {
    return disk::file_error(action, path, std::string_view{reason});
  }
  return disk::file_error(action, path, reason,
                          "Raise the memory limit of the Parquet reader, or ask for less.");
}

}  // namespace hts::parquet
