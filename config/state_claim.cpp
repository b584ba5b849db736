#include "config/state_claim.hpp"

#include <chrono>
#include <utility>

#include "adapters/disk/durable.hpp"

namespace hts::config {

result::Result<std::unique_ptr<disk::Lock>> claim_state(const std::filesystem::path& root) {
  disk::Disk& disk = *disk::system_disk();
  if (auto made = disk::make_lasting_directories(disk, root); !made) {
    return std::move(made).error();
  }
  if (auto writable = disk.check_writable(root); !writable) return std::move(writable).error();
  auto lock = disk.lock_directory(root, disk::LockKind::exclusive, std::chrono::milliseconds{0});
  if (!lock && lock.error().code == result::ErrorCode::conflict) {
    return result::make_error(
        result::ErrorCode::conflict,
        "Another daemon works in " + root.string() + ": stop it or choose another state.root.",
        "state.root");
  }
  return lock;
}

}  // namespace hts::config
