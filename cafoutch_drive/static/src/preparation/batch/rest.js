// So long (milliseconds) does a screen show something before a tap is for it: the second tap
// of a cold finger was meant for what stood there before.
export const REST = 400;
