DROP TABLE jobs_history;
