#include "adapters/cli/import_report_text.hpp"

#include <ostream>
#include <string>
#include <string_view>

#include "adapters/cli/text_table.hpp"

namespace hts::cli {
namespace {

using csv::Places;

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return grouped(count) + " " + (count == 1 ? one : many);
}

/// "first at lines 4, 7, 9".
std::string first_places(const Places& places, const std::string& place_name) {
  std::string text = "first at " + place_name + (places.first.size() == 1 ? " " : "s ");
  for (std::size_t i = 0; i < places.first.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(places.first[i]);
  }
  return text;
}

void print_line(std::ostream& out, std::string_view name, const std::string& text) {
  constexpr std::size_t name_width = 12;
  out << "  " << name << std::string(name_width - name.size(), ' ') << text << "\n";
}

void print_issues(const csv::FileFacts& facts, std::ostream& out) {
  const csv::ImportIssues& issues = facts.issues;
  const std::string timeframe{facts.timeframe->name()};
  const auto places = [&](const Places& where) { return first_places(where, facts.place_name); };

  std::string duplicates;
  if (issues.identical_duplicates.count > 0) {
    duplicates = counted(issues.identical_duplicates.count, "row repeats", "rows repeat") +
                 " an earlier one (" + places(issues.identical_duplicates) + ")";
  }
  if (issues.conflicting_duplicates.count > 0) {
    duplicates += (duplicates.empty() ? "" : "; ") +
                  counted(issues.conflicting_duplicates.count, "row gives", "rows give") +
                  " other values for an earlier open time, the last one counts (" +
                  places(issues.conflicting_duplicates) + ")";
  }
  print_line(out, "duplicates", duplicates.empty() ? "none" : duplicates);
  print_line(out, "disorder",
             issues.disorder.count == 0 ? "none"
                                        : counted(issues.disorder.count, "row is", "rows are") +
                                              " earlier than the one before (" +
                                              places(issues.disorder) + "), put in order");
  print_line(out, "gaps", describe_gaps(issues.gaps));
  if (issues.misaligned.count > 0) {
    print_line(out, "off grid",
               counted(issues.misaligned.count, "row does", "rows do") + " not open on a whole " +
                   timeframe + " (" + places(issues.misaligned) +
                   "): the timeframe is probably wrong");
  }
  if (issues.other_spacing) {
    print_line(out, "note",
               "most rows are " + std::string{issues.other_spacing->name()} + " apart, not " +
                   timeframe + ": is --timeframe right?");
  }
  if (facts.last_line_is_open) {
    print_line(out, "note",
               "the last line has no end; if the file was cut off there, its last number is wrong");
  }
}

void write_places(json::Writer& writer, const Places& places) {
  writer.begin_object();
  writer.member("count", places.count);
  writer.key("first");
  writer.begin_array();
  for (const std::uint64_t place : places.first) writer.value(place);
  writer.end_array();
  writer.end_object();
}

}  // namespace

std::string describe_changes(const ports::WriteReport& written) {
  return grouped(written.added) + " added, " + grouped(written.replaced) + " replaced, " +
         grouped(written.unchanged) + " unchanged";
}

std::string describe_gaps(const market::GapReport& gaps) {
  if (gaps.gaps == 0) return "none";
  std::string text = counted(gaps.gaps, "gap", "gaps") + ", " +
                     counted(gaps.missing, "candle", "candles") + " missing; first after ";
  for (std::size_t i = 0; i < gaps.first.size(); ++i) {
    text += (i == 0 ? "" : ", ") + time::format_minute(gaps.first[i].after) + " (" +
            grouped(gaps.first[i].missing) + ")";
  }
  return text;
}

void print_import(const csv::ImportReport& report, std::ostream& out) {
  const csv::FileFacts& facts = report.facts;
  out << facts.file << ": " << facts.symbol->text() << " " << facts.timeframe->name() << "\n";
  print_line(out, "read",
             counted(facts.rows, "row", "rows") + ", " +
                 counted(facts.candles, "candle", "candles") + " from " +
                 time::format_minute(facts.first) + " to " + time::format_minute(facts.last) +
                 " UTC");
  print_line(out, "catalog", describe_changes(report.written));
  print_issues(facts, out);
}

void write_gaps(json::Writer& writer, const market::GapReport& gaps) {
  writer.begin_object();
  writer.member("count", gaps.gaps);
  writer.member("missing", gaps.missing);
  writer.key("first");
  writer.begin_array();
  for (const market::Gap& gap : gaps.first) {
    writer.begin_object();
    writer.member("after", time::format_iso8601(gap.after));
    writer.member("before", time::format_iso8601(gap.before));
    writer.member("missing", gap.missing);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write_changes(json::Writer& writer, const ports::WriteReport& written) {
  writer.member("added", written.added);
  writer.member("replaced", written.replaced);
  writer.member("unchanged", written.unchanged);
  writer.member("files_written", written.files_written);
}

void write_import(json::Writer& writer, const csv::ImportReport& report) {
  const csv::FileFacts& facts = report.facts;
  writer.begin_object();
  writer.member("file", facts.file);
  writer.member("symbol", facts.symbol->text());
  writer.member("timeframe", facts.timeframe->name());
  writer.member("rows", facts.rows);
  writer.member("candles", facts.candles);
  writer.member("first", time::format_iso8601(facts.first));
  writer.member("last", time::format_iso8601(facts.last));
  writer.member("places", facts.place_name);
  writer.key("duplicates");
  writer.begin_object();
  writer.key("identical");
  write_places(writer, facts.issues.identical_duplicates);
  writer.key("conflicting");
  write_places(writer, facts.issues.conflicting_duplicates);
  writer.end_object();
  writer.key("disorder");
  write_places(writer, facts.issues.disorder);
  writer.key("misaligned");
  write_places(writer, facts.issues.misaligned);
  writer.key("other_spacing");
  if (facts.issues.other_spacing) {
    writer.value(facts.issues.other_spacing->name());
  } else {
    writer.value(nullptr);
  }
  writer.member("last_line_is_open", facts.last_line_is_open);
  writer.key("gaps");
  write_gaps(writer, facts.issues.gaps);
  write_changes(writer, report.written);
  writer.end_object();
}

}  // namespace hts::cli
