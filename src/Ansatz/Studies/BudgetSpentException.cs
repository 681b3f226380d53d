namespace Ansatz;

/// <summary>Ends the search of an arm whose budget is spent. Its message is the arm's last line.</summary>
internal sealed class BudgetSpentException(string message) : Exception(message);
