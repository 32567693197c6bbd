-- What retention needs: studies are found by age, and each foreign key that points at something it deletes is found by
-- an index, because PostgreSQL looks for the pointing rows of every row that goes.
create index study_created on study (created_at);
create index study_merged on study (merged_into) where merged_into is not null;
create index pair_draft on pair (draft_version);
create index pair_truth on pair using gin (truth_versions);
create index patient_merge_at on patient_merge (merged_at);
create index identifier_correction_at on identifier_correction (corrected_at);
