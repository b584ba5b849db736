#pragma once

#include <filesystem>
#include <memory>

#include "adapters/disk/disk.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// The folder exists, can be written, and for the daemon's own state belongs to no other daemon
/// while the lock lives. Errors: storage; conflict, field `state.root`, when a daemon works there.
[[nodiscard]] result::Result<std::unique_ptr<disk::Lock>> claim_state(
    const std::filesystem::path& root);

}  // namespace hts::config
