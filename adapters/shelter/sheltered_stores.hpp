#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/shelter/result_shelter.hpp"

namespace hts::shelter {

/// The runs of a shelter (`result_shelter.hpp`).
class ShelteredResultStore final : public ports::ResultStore {
 public:
  explicit ShelteredResultStore(std::shared_ptr<ResultShelter> shelter)
      : shelter_(std::move(shelter)) {}

  [[nodiscard]] result::Status insert(const backtest::RunSummary& run) override;
  [[nodiscard]] result::Status insert_all(const std::vector<backtest::RunSummary>& runs) override;
  [[nodiscard]] result::Result<backtest::RunSummary> find(const std::string& run_id) override;
  [[nodiscard]] result::Result<backtest::RunSummary> find_equal(
      const ports::WantedRun& run) override;
  [[nodiscard]] result::Result<backtest::RunSummary> latest() override;
  [[nodiscard]] result::Result<ports::HistoryPage> history(std::uint64_t offset,
                                                           std::uint64_t limit) override;
  [[nodiscard]] result::Result<backtest::RunSummary> set_symbol_active(const std::string& run_id,
                                                                       const market::Symbol& symbol,
                                                                       bool is_active) override;
  /// Of what is in the database.
  [[nodiscard]] result::Result<std::vector<std::string>> forget(time::Timestamp executed_before,
                                                                std::uint64_t most) override;

 private:
  std::shared_ptr<ResultShelter> shelter_;
};

/// The ended jobs of a shelter.
class ShelteredJobHistory final : public ports::JobHistory {
 public:
  explicit ShelteredJobHistory(std::shared_ptr<ResultShelter> shelter)
      : shelter_(std::move(shelter)) {}

  [[nodiscard]] result::Status record(const std::vector<ports::EndedJob>& jobs) override;
  [[nodiscard]] result::Result<ports::EndedJob> find(const std::string& job_id) override;
  [[nodiscard]] result::Result<ports::JobHistoryPage> list(const ports::EndedJobFilter& filter,
                                                           std::uint64_t offset,
                                                           std::uint64_t limit) override;
  /// Of what is in the database.
  [[nodiscard]] result::Result<std::uint64_t> remove_before(time::Timestamp finished) override;

 private:
  std::shared_ptr<ResultShelter> shelter_;
};

}  // namespace hts::shelter
