#include "adapters/transfer/copy_results.hpp"

#include <algorithm>
#include <utility>

#include "adapters/transfer/row_hash.hpp"

namespace hts::transfer {
namespace {

using result::Result;
using result::Status;
using result::success;

constexpr std::uint64_t rows_a_page = 500;

template <class Row>
struct Page {
  std::vector<Row> rows;
  std::uint64_t total = 0;
};

/// One kind of row at one end.
template <class Row>
struct Table {
  std::function<Result<Page<Row>>(std::uint64_t offset, std::uint64_t limit)> read;
  std::function<Status(const std::vector<Row>&)> write;
};

result::Error stopped() {
  return result::make_error(result::ErrorCode::cancelled,
                            "The copy was stopped: what is copied stays, run it again for the "
                            "rest.");
}

bool is_interrupted(const CopyWatch& watch) {
  return watch.interrupted && watch.interrupted();
}

/// Calls `take` with every row, a page at a time, from the end of the list to its beginning: what
/// comes to the front meanwhile then moves nothing that is still to be read.
template <class Row, class Take>
Status for_each_page(const Table<Row>& table, const std::string& what, const CopyWatch& watch,
                     Take&& take) {
  auto first = table.read(0, 0);
  if (!first) return std::move(first).error();
  std::uint64_t total = first->total;
  std::uint64_t done = 0;
  while (done < total) {
    if (is_interrupted(watch)) return stopped();
    if (watch.progress) watch.progress(what, done, total);
    const std::uint64_t limit = std::min(rows_a_page, total - done);
    auto page = table.read(total - done - limit, limit);
    if (!page) return std::move(page).error();
    if (page->total != total) {
      // Rows came, or the oldest went: the place of this page is another one.
      if (page->total < total) done -= std::min(done, total - page->total);
      total = page->total;
      continue;
    }
    std::ranges::reverse(page->rows);
    if (auto taken = take(page->rows); !taken) return taken;
    done += limit;
  }
  return success();
}

template <class Row>
Result<TableHashes> read_hashes(const Table<Row>& table, const std::string& what,
                                const CopyWatch& watch) {
  TableHashes hashes;
  auto read = for_each_page(table, what, watch, [&](const std::vector<Row>& rows) {
    for (const Row& row : rows) hashes.add(row);
    return success();
  });
  if (!read) return std::move(read).error();
  hashes.sort();
  return hashes;
}

/// Copies and reads back. `mend` sees the rows that are at the target in another form.
template <class Row>
Result<CopiedTable> copy_table(const std::string& name, const Table<Row>& from,
                               const Table<Row>& to, const std::function<Status(const Row&)>& mend,
                               const CopyWatch& watch) {
  auto before = read_hashes(to, "looking at " + name, watch);
  if (!before) return std::move(before).error();
  auto copied = for_each_page(from, "copying " + name, watch, [&](const std::vector<Row>& rows) {
    std::vector<Row> missing;
    for (const Row& row : rows) {
      const TableHashes::Row* present = before->find(row_key(row));
      if (present == nullptr) {
        missing.push_back(row);
      } else if (present->content != row_hash(row)) {
        if (auto mended = mend(row); !mended) return mended;
      }
    }
    return missing.empty() ? success() : to.write(missing);
  });
  if (!copied) return std::move(copied).error();

  const auto source = read_hashes(from, "verifying " + name, watch);
  if (!source) return source.error();
  const auto target = read_hashes(to, "verifying " + name, watch);
  if (!target) return target.error();
  const TableHashes common = target->within(*source);
  CopiedTable table;
  table.name = name;
  table.at_source = source->size();
  table.added = target->size() - std::min(target->size(), before->size());
  table.at_target = common.size();
  table.others = target->size() - common.size();
  table.source_hash = source->hash();
  table.target_hash = common.hash();
  return table;
}

Table<backtest::RunSummary> table_of(ports::ResultStore& store) {
  return {
      [&store](std::uint64_t offset, std::uint64_t limit) -> Result<Page<backtest::RunSummary>> {
        auto page = store.history(offset, limit);
        if (!page) return std::move(page).error();
        return Page<backtest::RunSummary>{std::move(page->runs), page->total};
      },
      [&store](const std::vector<backtest::RunSummary>& runs) { return store.insert_all(runs); }};
}

Table<ports::EndedJob> table_of(ports::JobHistory& store) {
  return {[&store](std::uint64_t offset, std::uint64_t limit) -> Result<Page<ports::EndedJob>> {
            auto page = store.list({}, offset, limit);
            if (!page) return std::move(page).error();
            return Page<ports::EndedJob>{std::move(page->jobs), page->total};
          },
          [&store](const std::vector<ports::EndedJob>& jobs) { return store.record(jobs); }};
}

Table<ports::Preset> table_of(ports::PresetStore& store) {
  return {[&store](std::uint64_t offset, std::uint64_t limit) -> Result<Page<ports::Preset>> {
            auto page = store.list(offset, limit);
            if (!page) return std::move(page).error();
            return Page<ports::Preset>{std::move(page->presets), page->total};
          },
          [&store](const std::vector<ports::Preset>& presets) {
            for (const auto& preset : presets) {
              if (auto put = store.put(preset); !put) return put;
            }
            return success();
          }};
}

/// A few for each series of candles: one page is all of them.
Table<ports::CollectionStatus> table_of(ports::CollectionStatusStore& store) {
  return {
      [&store](std::uint64_t offset, std::uint64_t limit) -> Result<Page<ports::CollectionStatus>> {
        auto all = store.list();
        if (!all) return std::move(all).error();
        Page<ports::CollectionStatus> page;
        page.total = all->size();
        for (auto i = offset; i < std::min<std::uint64_t>(offset + limit, all->size()); ++i) {
          page.rows.push_back((*all)[i]);
        }
        return page;
      },
      [&store](const std::vector<ports::CollectionStatus>& all) { return store.put(all); }};
}

/// Of a run that is there only the flags of its symbols can be others.
Status copy_flags(const backtest::RunSummary& run, ports::ResultStore& to) {
  const auto present = to.find(run.run_id);
  if (!present) return present.error();
  for (const auto& row : run.symbols) {
    const auto same =
        std::ranges::find(present->symbols, row.symbol, &backtest::RunSummary::SymbolRow::symbol);
    if (same == present->symbols.end() || same->is_active == row.is_active) continue;
    if (auto set = to.set_symbol_active(run.run_id, row.symbol, row.is_active); !set) {
      return std::move(set).error();
    }
  }
  return success();
}

template <class Store, class Row>
Result<CopiedTable> copy_replacing(const std::string& name, Store& from, Store& to,
                                   const CopyWatch& watch) {
  const Table<Row> target = table_of(to);
  return copy_table<Row>(
      name, table_of(from), target, [&](const Row& row) { return target.write({row}); }, watch);
}

}  // namespace

Result<std::vector<CopiedTable>> copy_results(const ResultStores& from, const ResultStores& to,
                                              const CopyWatch& watch) {
  std::vector<CopiedTable> tables;
  const auto add = [&](Result<CopiedTable> table) -> Status {
    if (!table) return std::move(table).error();
    tables.push_back(std::move(*table));
    return success();
  };
  if (auto added = add(copy_table<backtest::RunSummary>(
          "runs", table_of(from.runs), table_of(to.runs),
          [&](const backtest::RunSummary& run) { return copy_flags(run, to.runs); }, watch));
      !added) {
    return std::move(added).error();
  }
  if (auto added = add(
          copy_replacing<ports::JobHistory, ports::EndedJob>("jobs", from.jobs, to.jobs, watch));
      !added) {
    return std::move(added).error();
  }
  if (auto added = add(copy_replacing<ports::PresetStore, ports::Preset>("presets", from.presets,
                                                                         to.presets, watch));
      !added) {
    return std::move(added).error();
  }
  if (auto added = add(copy_replacing<ports::CollectionStatusStore, ports::CollectionStatus>(
          "collection status", from.collection, to.collection, watch));
      !added) {
    return std::move(added).error();
  }
  return tables;
}

}  // namespace hts::transfer
