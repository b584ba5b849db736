#include "adapters/sqlite/disk_file_locks.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace hts::sqlite {

std::shared_ptr<DiskFileLocks> DiskFileLocks::of(const disk::Disk& disk,
                                                 const std::filesystem::path& path) {
  static std::mutex mutex;
  static std::map<std::pair<const disk::Disk*, std::filesystem::path>, std::weak_ptr<DiskFileLocks>>
      known;
  const std::lock_guard lock{mutex};
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  auto& place = known[{&disk, path}];
  auto locks = place.lock();
  if (locks == nullptr) {
    locks = std::make_shared<DiskFileLocks>();
    place = locks;
  }
  return locks;
}

int DiskFileLocks::lock(Holder holder, int& held, int wanted) {
  const std::lock_guard lock{mutex_};
  if (held >= wanted) return SQLITE_OK;
  const auto is_of_another = [holder](Holder owner) { return owner != nullptr && owner != holder; };
  if (is_of_another(exclusive_)) return SQLITE_BUSY;
  if (wanted == SQLITE_LOCK_SHARED) {
    if (is_of_another(pending_)) return SQLITE_BUSY;
    ++shared_;
  } else if (wanted == SQLITE_LOCK_RESERVED) {
    if (is_of_another(reserved_)) return SQLITE_BUSY;
    reserved_ = holder;
  } else {
    if (is_of_another(pending_) || is_of_another(reserved_)) return SQLITE_BUSY;
    // From now on nobody new may read: those who do will end.
    pending_ = holder;
    held = SQLITE_LOCK_PENDING;
    if (shared_ > 1) return SQLITE_BUSY;
    exclusive_ = holder;
  }
  held = wanted;
  return SQLITE_OK;
}

void DiskFileLocks::unlock(Holder holder, int& held, int wanted) {
  const std::lock_guard lock{mutex_};
  if (held <= wanted) return;
  for (Holder* owner : {&reserved_, &pending_, &exclusive_}) {
    if (*owner == holder) *owner = nullptr;
  }
  if (wanted == SQLITE_LOCK_NONE) --shared_;
  held = wanted;
}

bool DiskFileLocks::is_reserved() {
  const std::lock_guard lock{mutex_};
  return reserved_ != nullptr;
}

volatile void* DiskFileLocks::memory(std::size_t region, std::size_t bytes, bool make) {
  const std::lock_guard lock{mutex_};
  if (region >= regions_.size()) {
    if (!make) return nullptr;
    while (regions_.size() <= region) {
      regions_.push_back(
          std::make_unique<std::vector<std::uint64_t>>(bytes / sizeof(std::uint64_t)));
    }
  }
  return regions_[region]->data();
}

int DiskFileLocks::lock_memory(Holder holder, std::size_t first, std::size_t count, int flags) {
  const std::lock_guard lock{mutex_};
  const auto slots = std::span{slots_}.subspan(first, count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (Slot& slot : slots) {
      std::erase(slot.shared, holder);
      if (slot.exclusive == holder) slot.exclusive = nullptr;
    }
    return SQLITE_OK;
  }
  const bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (const Slot& slot : slots) {
    if (slot.exclusive != nullptr && slot.exclusive != holder) return SQLITE_BUSY;
    const auto is_another = [holder](Holder reader) { return reader != holder; };
    if (is_exclusive && std::any_of(slot.shared.begin(), slot.shared.end(), is_another)) {
      return SQLITE_BUSY;
    }
  }
  for (Slot& slot : slots) {
    if (is_exclusive) {
      slot.exclusive = holder;
    } else if (std::find(slot.shared.begin(), slot.shared.end(), holder) == slot.shared.end()) {
      slot.shared.push_back(holder);
    }
  }
  return SQLITE_OK;
}

void DiskFileLocks::release_memory(Holder holder) {
  (void)lock_memory(holder, 0, slots_.size(), SQLITE_SHM_UNLOCK);
}

}  // namespace hts::sqlite
