namespace Ansatz;

/// <summary>A question to the world that is no evaluation.</summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
/// <param name="Question">All that decides the reply. Its hash is stored, and compared on replay.</param>
/// <param name="AtMost">The most that it can cost; reserved before it starts.</param>
/// <param name="MakeAsync">Makes the call and says what was spent.</param>
/// <param name="Sample">Tells repeated calls with the same question apart.</param>
public sealed record Call<TReply>(
    string Question, Cost AtMost, Func<CancellationToken, Task<(TReply Reply, Cost Spent)>> MakeAsync, int Sample = 0);
