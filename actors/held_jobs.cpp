#include "actors/held_jobs.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/runtime/port_calls.hpp"

namespace hts::actors {

void HeldJobs::add(jobs::JobRecord record) {
  const HeldKey key{record.job.id, record.lease ? record.lease->token : record.claims};
  const int priority = record.job.priority;
  HeldJob held;
  held.job = std::make_shared<const jobs::JobRecord>(std::move(record));
  held.control = std::make_shared<JobControl>();
  if (!held_.emplace(key, std::move(held)).second) return;
  const auto behind = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const HeldKey& other) {
    return held_.at(other).job->job.priority >= priority;
  });
  waiting_.insert(behind.base(), key);
}

std::pair<HeldKey, HeldJob*> HeldJobs::start_next() {
  const HeldKey key = waiting_.front();
  waiting_.pop_front();
  HeldJob* held = &held_.at(key);
  held->is_running = true;
  return {key, held};
}

HeldJob* HeldJobs::find(const HeldKey& key) {
  const auto found = held_.find(key);
  return found == held_.end() ? nullptr : &found->second;
}

std::vector<HeldKey> HeldJobs::keys_of(const jobs::JobId& id) const {
  std::vector<HeldKey> keys;
  for (auto at = held_.lower_bound({id, 0}); at != held_.end() && at->first.id == id; ++at) {
    keys.push_back(at->first);
  }
  return keys;
}

void HeldJobs::remove(const HeldKey& key) {
  const auto found = held_.find(key);
  if (found == held_.end()) return;
  if (!found->second.is_running) std::erase(waiting_, key);
  held_.erase(found);
}

std::vector<HeldKey> HeldJobs::take_waiting() {
  std::vector<HeldKey> keys(waiting_.begin(), waiting_.end());
  waiting_.clear();
  for (const HeldKey& key : keys) held_.erase(key);
  return keys;
}

std::vector<double> read_progress(std::span<const std::shared_ptr<JobControl>> controls) {
  std::vector<double> values(controls.size());
  if (controls.empty()) return values;
  runtime::PortCalls* calls = runtime::PortCalls::current();
  const auto size = values.size() * sizeof(double);
  constexpr std::string_view name = "jobs.progress";
  if (calls != nullptr && calls->mode() == runtime::PortCalls::Mode::replay) {
    const auto noted = calls->answer(name, {});
    if (noted && noted->size() == size) std::memcpy(values.data(), noted->data(), size);
    return values;
  }
  std::transform(controls.begin(), controls.end(), values.begin(), [](const auto& control) {
    return control->progress.load(std::memory_order_relaxed);
  });
  if (calls != nullptr) {
    std::string noted(size, '\0');
    std::memcpy(noted.data(), values.data(), size);
    calls->add({std::string{name}, {}, std::move(noted)});
  }
  return values;
}

}  // namespace hts::actors
