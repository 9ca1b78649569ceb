"""The questionnaire on paper."""
