hts_add_benchmark(jobs
                  SOURCES jobs.cpp jobs_deep_queue.cpp
                  DEPENDS engine/result engine/time engine/jobs engine/ports engine/runtime actors adapters/archive adapters/parquet adapters/redis
                          adapters/sqlite config/wiring)
add_dependencies(bench_jobs hts)
target_compile_definitions(bench_jobs PRIVATE HTS_PROGRAM="$<TARGET_FILE:hts>")
